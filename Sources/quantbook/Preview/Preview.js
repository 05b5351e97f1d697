// The live preview: follows the server's events, fetches the page when it is another, and replaces the
// blocks that differ, so that the rest, the scroll position and what was opened stay as they are.
(() => {
  "use strict";

  // MARK: Patching

  // Each block as the server sent it: other scripts change what stands on the page.
  const sources = new WeakMap();
  const remember = (element) => sources.set(element, element.outerHTML);
  const source = (element) => sources.get(element) ?? element.outerHTML;
  const parts = ["header", "nav.contents"];
  const find = (root, part) => root.querySelector(`.page > ${part}`) ?? root.querySelector(part);

  // Pairs of equal blocks in the same order, as many as there can be: places in `before` by those in
  // `after`.
  const common = (before, after) => {
    const kept = new Map();
    let start = 0;
    while (start < before.length && start < after.length && before[start] === after[start]) {
      kept.set(start, start);
      start += 1;
    }
    let end = 0;
    const shorter = Math.min(before.length, after.length) - start;
    while (end < shorter && before[before.length - 1 - end] === after[after.length - 1 - end]) {
      kept.set(after.length - 1 - end, before.length - 1 - end);
      end += 1;
    }
    const rows = before.length - start - end;
    const columns = after.length - start - end;
    // Beyond that all of the middle is replaced.
    if (rows * columns > 1000000) return kept;
    const lengths = Array.from({ length: rows + 1 }, () => new Uint32Array(columns + 1));
    for (let i = rows - 1; i >= 0; i -= 1) {
      for (let j = columns - 1; j >= 0; j -= 1) {
        lengths[i][j] = before[start + i] === after[start + j]
          ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
      }
    }
    for (let i = 0, j = 0; i < rows && j < columns;) {
      if (before[start + i] === after[start + j]) {
        kept.set(start + j, start + i);
        i += 1;
        j += 1;
      } else if (lengths[i + 1][j] >= lengths[i][j + 1]) i += 1;
      else j += 1;
    }
    return kept;
  };

  // What the reader has opened and ticked stays so in a block that takes the place of another.
  const takeState = (old, fresh) => {
    for (const selector of ["details", "input[type=checkbox]"]) {
      const among = (root) => [root, ...root.querySelectorAll("*")].filter((e) => e.matches(selector));
      const from = among(old);
      among(fresh).forEach((element, index) => {
        if (!from[index]) return;
        if (selector === "details") element.open = from[index].open;
        else element.checked = from[index].checked;
      });
    }
  };

  const adopt = (element) => {
    const adopted = document.adoptNode(element);
    remember(adopted);
    return adopted;
  };

  // Makes the blocks of `old` those of `fresh`; gives what stands where each of the removed ones stood.
  const patchBlocks = (old, fresh) => {
    const before = [...old.children];
    const after = [...fresh.children];
    const kept = common(before.map(source), after.map((element) => element.outerHTML));
    const successors = new Map();
    // Before which of the old ones a new one goes: the next that stays.
    const anchors = [];
    for (let index = after.length - 1, anchor = null; index >= 0; index -= 1) {
      if (kept.has(index)) anchor = before[kept.get(index)];
      anchors[index] = anchor;
    }
    let next = 0;
    let removed = [];
    let added = [];
    const close = (following) => {
      removed.forEach((element, index) => {
        const heir = added[Math.min(index, added.length - 1)] ?? following;
        if (index < added.length && element.tagName === added[index].tagName) {
          takeState(element, added[index]);
        }
        successors.set(element, heir);
        element.remove();
      });
      removed = [];
      added = [];
    };
    after.forEach((element, index) => {
      if (kept.has(index)) {
        const stays = before[kept.get(index)];
        while (before[next] !== stays) removed.push(before[next++]);
        next += 1;
        close(stays);
      } else {
        const adopted = adopt(element);
        old.insertBefore(adopted, anchors[index]);
        added.push(adopted);
      }
    });
    while (next < before.length) removed.push(before[next++]);
    close(old.lastElementChild);
    return successors;
  };

  const patchPart = (fresh, part, main) => {
    const old = find(document, part);
    const other = find(fresh, part);
    if (old && other && source(old) !== other.outerHTML) old.replaceWith(adopt(other));
    else if (old && !other) old.remove();
    else if (!old && other) main.before(adopt(other));
  };

  // Changes what is above without moving what is read: the first block that is seen, or its successor,
  // stays where it is.
  const steadily = (change) => {
    const blocks = [...document.querySelectorAll("main > *")];
    const seen = window.scrollY > 0 && blocks.find((block) => block.getClientRects().length > 0
      && block.getBoundingClientRect().bottom > 0);
    const top = seen && seen.getBoundingClientRect().top;
    const successors = change();
    const now = seen && (seen.isConnected ? seen : successors?.get(seen));
    if (now) window.scrollBy({ top: now.getBoundingClientRect().top - top, behavior: "instant" });
  };

  const patch = (fresh) => {
    const main = document.querySelector("main");
    const content = fresh.querySelector("main");
    const policy = (root) => root.querySelector("meta[http-equiv]")?.content;
    if (!main || !content || policy(document) !== policy(fresh)) {
      location.reload();
      return;
    }
    document.title = fresh.title;
    document.documentElement.lang = fresh.documentElement.lang;
    document.documentElement.dataset.theme = fresh.documentElement.dataset.theme;
    const style = document.querySelector("head style");
    const otherStyle = fresh.querySelector("head style");
    if (style && otherStyle && style.textContent !== otherStyle.textContent) {
      style.textContent = otherStyle.textContent;
    }
    steadily(() => {
      for (const part of parts) patchPart(fresh, part, main);
      const successors = patchBlocks(main, content);
      showCell();
      return successors;
    });
    dispatchEvent(new Event("quantbook:patched"));
  };

  for (const part of parts) {
    const element = find(document, part);
    if (element) remember(element);
  }
  for (const block of document.querySelector("main")?.children ?? []) remember(block);

  let wanted = 0;
  let shown = 0;
  let isFetching = false;
  const refresh = async () => {
    if (isFetching) return;
    isFetching = true;
    try {
      while (shown !== wanted) {
        const version = wanted;
        const response = await fetch("/", { cache: "no-store" });
        if (!response.ok) break;
        patch(new DOMParser().parseFromString(await response.text(), "text/html"));
        shown = version;
      }
    } catch {
      // The server is away: the next events say what is new.
    } finally {
      isFetching = false;
    }
  };

  // MARK: Boxes

  const make = (tag, attributes = {}, ...content) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...content);
    return element;
  };

  const mistakes = make("section", { class: "preview-mistakes", role: "alert", tabindex: "0" });
  const status = make("p", { class: "preview-status", role: "status" });
  const controls = make("div", { class: "preview-controls" });
  const reset = make("button", { type: "button", class: "preview-reset" }, "Reset");
  const panel = make(
    "details", { class: "preview-parameters" }, make("summary", {}, "Parameters"),
    controls, reset);
  const foot = make(
    "aside", { class: "preview-foot", "aria-label": "Live preview" }, panel, status);
  mistakes.hidden = true;
  panel.hidden = true;
  // On a narrow screen it would cover the text.
  panel.open = matchMedia("(min-width: 72rem)").matches;
  document.body.prepend(mistakes);
  document.body.append(foot);

  const say = (state, text) => {
    document.documentElement.dataset.preview = state;
    if (status.textContent !== text) status.textContent = text;
  };
  let lastStatus = { state: "running", text: "starting" };

  let cell = { cell: null, text: null };
  const showCell = () => {
    for (const place of document.querySelectorAll(".cell-place")) {
      const isRunning = cell.cell !== null && place.dataset.cell === cell.cell;
      place.hidden = !isRunning;
      place.textContent = isRunning ? `${cell.cell}: ${cell.text}` : "";
    }
  };

  // MARK: Parameters

  let token = "";
  let declared = "";
  let rows = [];

  const stepOf = (parameter) => {
    if (parameter.type === "int") return "1";
    const range = parameter.max - parameter.min;
    return range > 0 ? String(10 ** Math.floor(Math.log10(range / 100))) : "any";
  };

  // A control with its text, how to set it, and where its mistake is shown.
  const makeRow = (parameter) => {
    const id = `preview-${parameter.name}`;
    const mistake = make("p", { class: "mistake", id: `${id}-mistake`, role: "alert" });
    const fields = make("div", { class: "fields" });
    const common = { id, name: parameter.name, "aria-describedby": `${id}-mistake` };
    let input;
    let slider = null;
    if (parameter.isList || (parameter.type === "string" && parameter.choices.length === 0)) {
      input = make("input", { ...common, type: "text" });
    } else if (parameter.choices.length > 0) {
      input = make("select", common, ...parameter.choices.map((choice) => make("option", {}, choice)));
    } else if (parameter.type === "bool") {
      input = make("input", { ...common, type: "checkbox" });
    } else {
      const bounds = {};
      if (parameter.min !== null) bounds.min = parameter.min;
      if (parameter.max !== null) bounds.max = parameter.max;
      input = make("input", { ...common, ...bounds, type: "number", step: parameter.type === "int" ? 1 : "any" });
      if (parameter.min !== null && parameter.max !== null) {
        slider = make("input", {
          ...bounds, type: "range", step: stepOf(parameter), "aria-label": parameter.name });
        fields.append(slider);
      }
    }
    fields.append(input);
    const row = {
      parameter, mistake,
      element: make(
        "div", { class: "preview-control" }, make("label", { for: id }, parameter.name), fields,
        mistake),
      get text() {
        return input.type === "checkbox" ? String(input.checked) : input.value;
      },
      set text(value) {
        if (input.type === "checkbox") input.checked = value === "true";
        else input.value = value;
        if (slider) slider.value = value;
      },
      say(text) {
        mistake.textContent = text;
        input.setAttribute("aria-invalid", text ? "true" : "false");
      },
    };
    if (parameter.help) row.element.append(make("p", { class: "help" }, parameter.help));
    slider?.addEventListener("input", () => { input.value = slider.value; send(); });
    input.addEventListener("input", () => {
      if (slider) slider.value = input.value;
      send();
    });
    return row;
  };

  const showParameters = (list) => {
    panel.hidden = list.length === 0;
    const form = JSON.stringify(list.map(({ value, ...rest }) => rest));
    if (form !== declared) {
      declared = form;
      rows = list.map(makeRow);
      controls.replaceChildren(...rows.map((row) => row.element));
      rows.forEach((row, index) => { row.text = list[index].value; });
      return;
    }
    rows.forEach((row, index) => {
      // What is being typed or dragged, and what is wrong, stays.
      const isBusy = row.element.contains(document.activeElement) || row.mistake.textContent !== "";
      if (!isBusy) row.text = list[index].value;
    });
  };

  let timer = null;
  const send = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const values = {};
      for (const row of rows) {
        if (row.text !== row.parameter.base) values[row.parameter.name] = row.text;
      }
      try {
        const response = await fetch("/parameters", {
          method: "POST", body: JSON.stringify(values),
          headers: { "Content-Type": "application/json", "X-Preview-Token": token },
        });
        const wrong = response.ok || response.status === 422 ? await response.json() : {};
        for (const row of rows) row.say(wrong[row.parameter.name] ?? "");
      } catch {
        // The status says that the server is away.
      }
    }, 150);
  };
  reset.addEventListener("click", () => {
    for (const row of rows) {
      row.text = row.parameter.base;
      row.say("");
    }
    send();
  });

  // MARK: Events

  let instance = null;
  const stream = new EventSource("/events");
  const on = (topic, handle) => {
    stream.addEventListener(topic, (event) => handle(JSON.parse(event.data)));
  };
  on("page", (page) => {
    // Another run of the command: its page may have another script.
    if (instance !== null && instance !== page.instance) location.reload();
    instance = page.instance;
    wanted = page.version;
    refresh();
  });
  on("status", (status) => {
    lastStatus = status;
    say(status.state, status.text);
  });
  on("cell", (running) => {
    cell = running;
    showCell();
    if (cell.cell !== null && lastStatus.state === "running") {
      say("running", `${lastStatus.text}: ${cell.text}`);
    }
  });
  on("mistakes", ({ title, text }) => {
    steadily(() => {
      mistakes.hidden = text === "";
      mistakes.replaceChildren();
      if (text) mistakes.append(make("strong", {}, title), make("pre", {}, text));
    });
  });
  on("parameters", (parameters) => {
    token = parameters.token;
    showParameters(parameters.controls);
  });
  stream.addEventListener("open", () => say(lastStatus.state, lastStatus.text));
  stream.addEventListener("error", () => say("lost", "connection lost; trying again"));
  say(lastStatus.state, lastStatus.text);
})();
