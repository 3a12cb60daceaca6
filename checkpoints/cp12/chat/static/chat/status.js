// How the connection is, in words.

const STATUS = {
  connecting: "connecting …",
  joined: "joined",
  waiting: "connection lost, trying again",
};

const element = (id) => document.getElementById(id);

let countdown = null;

export function showStatus({ state, retryAt }) {
  element("landing").hidden = state !== "idle";
  element("chat").hidden = state === "idle";
  element("chat").dataset.state = state;
  element("status").dataset.state = state;
  element("status").textContent = STATUS[state] ?? "";
  clearInterval(countdown);
  element("countdown").textContent = "";
  if (state === "waiting") {
    countdown = setInterval(showCountdown, 250, retryAt);
    showCountdown(retryAt);
  }
}

function showCountdown(retryAt) {
  const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
  element("countdown").textContent = `in ${seconds} s`;
}
