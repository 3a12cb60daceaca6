/* The page of results: finds the sections that answer what stands in the address.

   Any of the words will do, and a section with more of them, or with rarer ones, comes
   first. What a section is found by is written by docs/_ext/directives/search.py. */

const SHOWN = 20;
const WORDS_OF_SNIPPET = 32;
// More than anybody asks: a whole traceback, whose end says what was wrong.
const WORDS_OF_QUESTION = 60;
const WORDS_AT_END = 12;
const WORD = /[\p{L}\p{N}]+(?:['’]\p{L}+)?/gu;
const HUMP = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})/u;

const stemmer = new EnglishStemmer();
const known = new Set();
const stems = new Map();

const wordsOf = (text) => text.match(WORD) ?? [];

function stemOf(word) {
  const plain = word.toLowerCase().replace("’", "'");
  return courseStopwords.has(plain) ? null : stemmer.stemWord(plain);
}

// RedisChannelLayer is found by its name, and by each of its three words.
function stemsOf(word) {
  if (!stems.has(word)) {
    const parts = word.split(HUMP);
    const all = [word, ...(parts.length > 1 ? parts : [])].map(stemOf).filter(Boolean);
    all.forEach((stem) => known.add(stem));
    stems.set(word, all);
  }
  return stems.get(word);
}

// Parts of a name are looked for only if no section has the whole.
function stemsToFind(word) {
  const whole = stemOf(word);
  return !whole || known.has(whole) ? whole : [whole, ...word.split(HUMP).slice(1).map(stemOf)];
}

const isNumber = (stem) => /^\p{N}+$/u.test(stem);

// What stands on a page is spelled as it is meant; and another number is another thing.
function mistakesIn(stem) {
  if (known.has(stem) || isNumber(stem) || stem.length < 4) return false;
  return stem.length < 6 ? 1 : 2;
}

// The guide is there to be looked up, and what is for teachers concerns few.
function weightOf(address) {
  if (address.startsWith("guide/")) return 1.3;
  return address.startsWith("teaching/") ? 0.5 : 1;
}

function makeIndex() {
  const index = new MiniSearch({
    idField: "address",
    fields: ["title", "tasks", "page", "text"],
    tokenize: wordsOf,
    processTerm: stemsOf,
    searchOptions: {
      processTerm: stemsToFind,
      boost: { title: 2, tasks: 4, page: 1.5 },
      boostDocument: weightOf,
      prefix: (stem) => stem.length > 2 && !isNumber(stem),
      fuzzy: mistakesIn,
    },
  });
  index.addAll(courseSections);
  return index;
}

const index = makeIndex();

function findSections(question) {
  const words = wordsOf(question);
  const asked = words.length > WORDS_OF_QUESTION ? words.slice(-WORDS_AT_END) : words;
  return index.search(asked.join(" "));
}

function element(tag, content, attributes = {}) {
  const made = Object.assign(document.createElement(tag), attributes);
  made.append(...[content].flat());
  return made;
}

// The part of a section's text that has most of what was looked for, which is marked.
function snippetOf(text, found) {
  const words = text.split(" ");
  const hits = words.map((word) => wordsOf(word).flatMap(stemsOf).filter((stem) => found.has(stem)));
  let [start, most] = [0, 0];
  for (let first = 0; first < words.length; first += 4) {
    const kinds = new Set(hits.slice(first, first + WORDS_OF_SNIPPET).flat()).size;
    if (kinds > most) [start, most] = [first, kinds];
  }
  const shown = words.slice(start, start + WORDS_OF_SNIPPET);
  const parts = shown.flatMap((word, at) => [
    hits[start + at].length ? element("mark", word) : word,
    " ",
  ]);
  const isCut = start + WORDS_OF_SNIPPET < words.length;
  return [start ? "… " : "", ...parts, isCut ? "…" : ""];
}

function itemFor(result, section) {
  const trail = section.title === section.page ? section.page : `${section.page} › ${section.title}`;
  const link = element("a", trail, { href: section.address });
  const snippet = snippetOf(section.text, new Set(result.terms));
  return element("li", [link, element("p", snippet, { className: "context" })]);
}

function showResults() {
  const question = (new URLSearchParams(location.search).get("q") ?? "").trim();
  document.querySelectorAll("input[name=q]").forEach((field) => (field.value = question));
  const summary = document.querySelector(".search-summary");
  if (!question) {
    summary.textContent = "Type what you want to do, or the text of an error, into the search field.";
    return;
  }
  document.title = `${question} - ${document.title}`;
  const results = findSections(question);
  const sections = new Map(courseSections.map((section) => [section.address, section]));
  const items = results.slice(0, SHOWN).map((result) => itemFor(result, sections.get(result.id)));
  document.querySelector("ul.search").append(...items);
  summary.textContent = items.length
    ? `${results.length} sections have a word of “${question}”. These ${items.length} fit best.`
    : `No section has a word of “${question}”. Try other words, or a part of the error's text.`;
}

showResults();
