// Links in what people write. Whatever is no link stays text.

// A link has no spaces, quotes or angle brackets in it, and nothing that nobody sees:
// a mark of direction could show another address than that to which it leads.
const LINK = /\bhttps?:\/\/[^\s\p{C}<>"]+/giu;
// At the end, these belong to the sentence.
const MARKS = ".,:;!?…'’”»`]}";

// A list of strings and <a> elements, for append().
export function withLinks(text) {
  const parts = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const address = withoutMarks(found);
    parts.push(text.slice(end, index), linkTo(address));
    end = index + address.length;
  }
  return [...parts, text.slice(end)];
}

function withoutMarks(address) {
  let end = address.length;
  // "(see https://example.com/)": the last bracket closes none of the address.
  let brackets = address.split(")").length - address.split("(").length;
  for (; end > 0; end -= 1) {
    const last = address[end - 1];
    if (last === ")" && brackets > 0) brackets -= 1;
    else if (!MARKS.includes(last)) break;
  }
  return address.slice(0, end);
}

function linkTo(address) {
  const link = document.createElement("a");
  link.href = address;
  // As the browser reads it: "http://" alone is no address.
  if (!["http:", "https:"].includes(link.protocol)) return address;
  // "https://bank.example@evil.example/" hides where it leads.
  if (link.username || link.password) return address;
  link.textContent = address;
  // In a text from right to left, an address still runs from left to right.
  link.dir = "ltr";
  // In a window of its own, which learns nothing of the chat.
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow";
  return link;
}
