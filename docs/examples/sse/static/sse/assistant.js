const form = document.querySelector("form");
const answer = document.querySelector("#answer");
const end = document.querySelector("#end");
let address = "";

form.onsubmit = async (event) => {
  event.preventDefault();
  const response = await post("answers/");
  if (!response.ok) {
    end.textContent = await response.text();
    return;
  }
  const { id } = await response.json();
  address = `answers/${id}/`;
  follow();
};

document.querySelector("#stop").onclick = () => post(`${address}stop/`);

// With the token against forged requests, which is in the form.
function post(path) {
  return fetch(path, { method: "POST", body: new FormData(form) });
}

function follow() {
  answer.textContent = end.textContent = "";
  const source = new EventSource(address);
  source.onmessage = ({ data }) => answer.append(JSON.parse(data));
  source.onerror = () => {
    end.textContent = source.readyState === EventSource.CLOSED ? "No answer." : "Connection lost, trying again.";
  };
  source.onopen = () => { end.textContent = ""; };
  source.addEventListener("end", ({ data }) => {
    source.close();
    const { state, reason } = JSON.parse(data);
    end.textContent = reason || state;
  });
}
