// The form to enter, and the address that says where we are: /chat/, or
// /chat/?room=lobby&name=ada. Who has logged in has one name, and the address has none.

import { BAD_NAME, BAD_ROOM, NOT_LOGGED_IN } from "./client.js";

// The field at fault, where the server refuses with this code. It says what to do.
const FAULTY = { [BAD_NAME]: "name", [BAD_ROOM]: "room" };

const element = (id) => document.getElementById(id);
const isPrivate = (room) => room.startsWith("private:");

export const hasAccount = element("name").readOnly;
const fields = hasAccount ? ["room"] : ["room", "name"];

// Calls enter(room, name) or leave(), now and whenever the address changes.
export function followAddress(enter, leave) {
  const follow = () => {
    leave();
    const address = new URLSearchParams(location.search);
    for (const field of fields) {
      if (address.has(field)) element(field).value = address.get(field);
    }
    element("refusal").textContent = "";
    element("again").hidden = true;
    const isComplete = fields.every((field) => address.has(field));
    if (isComplete && element("entrance").reportValidity()) {
      enter(element("room").value, element("name").value.trim());
    } else if (isPrivate(element("room").value) && !hasAccount) {
      showRefusal(NOT_LOGGED_IN, "Log in to enter this room.");
    } else {
      forgetPrivateRoom();
      element(element("name").value ? "room" : "name").focus();
    }
  };
  const go = (address) => {
    history.pushState(null, "", address);
    follow();
  };

  element("entrance").addEventListener("submit", (event) => {
    event.preventDefault();
    const address = new URLSearchParams();
    for (const field of fields) {
      element(field).value = element(field).value.trim();
      address.set(field, element(field).value);
    }
    if (element("entrance").reportValidity()) go(`?${address}`);
  });
  element("leave").addEventListener("click", () => go(location.pathname));
  addEventListener("popstate", follow);
  // Closing the window is leaving, too. It may come back by the back button.
  addEventListener("pagehide", leave);
  addEventListener("pageshow", ({ persisted }) => persisted && follow());
  follow();
}

// What people call a room. The name of a private one is chance.
export function titleOf(room) {
  const links = [...document.querySelectorAll("#private a")];
  return links.find((link) => link.dataset.room === room)?.textContent ?? room;
}

// Only a private room has a list of its members.
export function showWayToMembers(room) {
  const link = element("manage");
  link.hidden = !isPrivate(room);
  link.href = `${link.dataset.rooms}${encodeURIComponent(room)}/`;
}

// Nobody types its name, so nobody has to read it in the form.
function forgetPrivateRoom() {
  if (isPrivate(element("room").value)) element("room").value = "";
}

export function showRefusal(code, error) {
  const place = location.pathname + location.search;
  history.replaceState(null, "", location.pathname);
  forgetPrivateRoom();
  const field = FAULTY[code] ?? "room";
  element(field).after(element("refusal"));
  element("refusal").textContent = error;
  if (code === NOT_LOGGED_IN) offerLogin(place);
  else element(field).focus();
}

// We are nobody now, whatever this page says. Logging in makes it anew.
function offerLogin(place) {
  element("who")?.remove();
  const link = element("again").querySelector("a");
  link.search = new URLSearchParams({ next: place });
  element("again").hidden = false;
  link.focus();
}
