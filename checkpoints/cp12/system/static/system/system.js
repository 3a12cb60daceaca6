// The page of jobs. What it shows of a job is what the server said last of it.

import { ChatClient } from "../chat/client.js";

const STATUS = {
  connecting: "connecting …",
  joined: "connected",
  waiting: "connection lost, trying again",
  idle: "not connected",
};
const TITLES = { export: "History of", statistics: "Statistics of" };

const element = (id) => document.getElementById(id);

// From the page's address: all of the site may be below a path.
const url = new URL("../ws/system/", location);
url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
const client = new ChatClient(url);

client.onstate = (state) => {
  element("status").textContent = STATUS[state];
  element("status").dataset.state = state;
  element("begin").disabled = state !== "joined";
};
client.onmessage = (action, payload) => handlers[action]?.(payload);
client.onerror = (error) => showError(error);
client.onrefused = (code, error) => showError(error);

const handlers = {
  job_queued(job) {
    show(job, "queued", job.waits_for);
  },
  job_progress(job) {
    show(job, "running", `${job.percent} %`);
  },
  job_result(job) {
    show(job, "done", "done");
  },
  job_failed(job) {
    show(job, "failed", job.detail);
  },
  system_notification({ message, sent_at }) {
    const line = document.createElement("p");
    line.dir = "auto";
    line.textContent = `${new Date(sent_at).toLocaleTimeString()} ${message}`;
    element("notifications").append(line);
    line.scrollIntoView({ block: "nearest" });
  },
};

function show(job, state, words) {
  const item = document.getElementById(job.id) ?? add(job);
  const title = item.querySelector("strong").textContent;
  // A screen reader hears when it begins and when it ends, not every step.
  if (item.className && item.className !== state) {
    element("news").textContent = `${title}: ${words}`;
  }
  item.className = state;
  item.querySelector(".state").textContent = words;
  const progress = item.querySelector("progress");
  progress.hidden = state !== "running";
  progress.value = job.percent ?? 0;
  item.querySelector("button").hidden = state !== "queued" && state !== "running";
  const link = item.querySelector("a");
  link.hidden = state !== "done";
  if (state === "done") link.href = job.url;
}

function add(job) {
  const item = element("job").content.firstElementChild.cloneNode(true);
  const title = `${TITLES[job.task_type]} ${job.title}`;
  item.id = job.id;
  item.querySelector("strong").textContent = title;
  item.querySelector("progress").ariaLabel = title;
  item.querySelector("a").ariaLabel = `Download ${title}`;
  const cancel = item.querySelector("button");
  cancel.ariaLabel = `Cancel ${title}`;
  cancel.onclick = () => client.send("cancel_job", { id: job.id });
  element("jobs").prepend(item);
  return item;
}

function showError(error) {
  element("error").textContent = error;
}

element("ask").onsubmit = (event) => {
  event.preventDefault();
  showError("");
  client.send("system_message", {
    task_type: element("task").value,
    content: element("room").value,
  });
};

client.join();
