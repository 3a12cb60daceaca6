const socket = new WebSocket("/ws/echo/");

socket.addEventListener("open", () => socket.send("hello"));
socket.addEventListener("message", ({ data }) => console.log("heard", data));
socket.addEventListener("close", ({ code }) => console.log("closed with", code));
