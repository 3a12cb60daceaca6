// Whether we are typing.

// Who has not pressed a key for so many milliseconds has stopped.
const PAUSE = 5000;

let typing = false;
let pause = null;
let tell = (isTyping) => {};

// Calls action(true) when we begin to type, and action(false) when we have stopped.
export function whenTyping(action) {
  tell = action;
}

export function setTyping(isTyping) {
  clearTimeout(pause);
  if (isTyping) pause = setTimeout(() => setTyping(false), PAUSE);
  if (typing !== isTyping) tell(isTyping);
  typing = isTyping;
}

document.getElementById("message").addEventListener("input", ({ target }) => {
  setTyping(target.value !== "");
});
