// The text of an answer. Whoever wrote it, markup in it is characters.

// A link to a page of the course, and to no other place.
const LINK = /\[([^[\]\n]{1,200})\]\(((?:tutorial|guide|teaching)\/[\w-]+\.html(?:#[\w.-]+)?)\)/g;

// A list of strings and elements, for replaceChildren(). Without the address of the
// course, what would be a link is its name.
export function withCourseLinks(text, course) {
  const parts = [];
  let end = 0;
  for (const { 0: found, 1: name, 2: address, index } of text.matchAll(LINK)) {
    parts.push(text.slice(end, index), course ? linkTo(name, address, course) : name);
    end = index + found.length;
  }
  return [...parts, text.slice(end)];
}

function linkTo(name, address, course) {
  const link = document.createElement("a");
  link.href = new URL(address, course);
  link.textContent = name;
  link.target = "_blank";
  link.rel = "noopener";
  return link;
}
