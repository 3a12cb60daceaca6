const answer = document.querySelector("#answer");
// The page's own query: /?question=How+do+I+reconnect
const source = new EventSource(`/answers/${location.search}`);

source.onmessage = ({ data }) => answer.append(JSON.parse(data));
// A browser takes the end of the response for an outage, and would ask again.
source.addEventListener("end", () => source.close());
