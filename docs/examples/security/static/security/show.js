// Right: the message is text, whatever is in it.
export function showAsText(element, message) {
  element.textContent = message;
}

// Wrong: the message is part of your page, and may be a program.
export function showAsHtml(element, message) {
  element.innerHTML = message;
}
