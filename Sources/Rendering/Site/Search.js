(() => {
  'use strict';
  const field = document.getElementById('find');
  const found = document.getElementById('found');
  const plain = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const reports = [...document.querySelectorAll('.report')].map((item) => {
    const sections = item.querySelector('.sections');
    return {
      item, sections,
      text: plain([...item.querySelectorAll('h2, .byline, .abstract')].map((part) => part.textContent).join(' ')),
      headings: sections ? [...sections.querySelectorAll('li')].map((line) => ({ line, text: plain(line.textContent) })) : [],
    };
  });
  // Every word has to be there, in the report's head or among its headings.
  const search = () => {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { item, sections, text, headings } of reports) {
      const all = [text, ...headings.map((heading) => heading.text)].join(' ');
      const isMatch = words.every((word) => all.includes(word));
      const matching = headings.filter(({ text }) => words.some((word) => text.includes(word)));
      item.hidden = !isMatch;
      if (isMatch) count += 1;
      if (sections) sections.open = words.length > 0 && matching.length > 0;
      for (const heading of headings) {
        heading.line.hidden = words.length > 0 && matching.length > 0 && !matching.includes(heading);
      }
    }
    found.textContent = words.length === 0 ? ''
      : count === 0 ? 'No report has these words.'
      : count === 1 ? '1 report' : count + ' reports';
  };
  field.addEventListener('input', search);
  field.closest('search').hidden = false;
  // What a browser has kept of an earlier visit.
  if (field.value) search();
})();
