// Adds to the page: marks the section being read in the table of contents, and a button that copies
// a listing. Everything else works without it.
(() => {
  "use strict";
  let links = new Map();
  let headings = [];
  let current = null;
  const mark = () => {
    const line = window.innerHeight / 4;
    let reached = headings[0];
    for (const heading of headings) {
      if (heading.getBoundingClientRect().top <= line) reached = heading;
    }
    const atEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
    if (atEnd && window.scrollY > 0) reached = headings[headings.length - 1];
    const link = reached && links.get(reached.id);
    if (!link || link === current) return;
    if (current) current.removeAttribute("aria-current");
    link.setAttribute("aria-current", "location");
    current = link;
  };
  const copyButton = (listing) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(listing.textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    listing.after(button);
  };
  const start = () => {
    links = new Map();
    for (const link of document.querySelectorAll(".contents a")) {
      links.set(decodeURIComponent(link.hash.slice(1)), link);
    }
    headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
    mark();
    for (const listing of navigator.clipboard ? document.querySelectorAll("pre.copyable") : []) {
      if (!listing.nextElementSibling?.classList.contains("copy")) copyButton(listing);
    }
  };
  let pending = false;
  const soon = () => {
    if (pending || headings.length === 0) return;
    pending = true;
    requestAnimationFrame(() => { pending = false; mark(); });
  };
  addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon, { passive: true });
  // A live preview has put other content in.
  addEventListener("quantbook:patched", start);
  start();
})();
