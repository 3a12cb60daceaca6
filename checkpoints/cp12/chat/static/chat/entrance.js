// The form to enter, and the address that says where we are: /chat/, or
// /chat/?room=lobby&name=ada.

import { BAD_NAME, BAD_ROOM } from "./client.js";

// The field at fault, where the server refuses with this code. It says what to do.
const FAULTY = { [BAD_NAME]: "name", [BAD_ROOM]: "room" };

const element = (id) => document.getElementById(id);

// Calls enter(room, name) or leave(), now and whenever the address changes.
export function followAddress(enter, leave) {
  const follow = () => {
    leave();
    const address = new URLSearchParams(location.search);
    for (const field of ["name", "room"]) {
      if (address.has(field)) element(field).value = address.get(field);
    }
    element("refusal").textContent = "";
    const isComplete = address.has("name") && address.has("room");
    if (isComplete && element("entrance").reportValidity()) {
      enter(element("room").value, element("name").value.trim());
    } else {
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
    for (const field of ["room", "name"]) {
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

export function showRefusal(code, error) {
  history.replaceState(null, "", location.pathname);
  const field = FAULTY[code] ?? "room";
  element(field).after(element("refusal"));
  element("refusal").textContent = error;
  element(field).focus();
}
