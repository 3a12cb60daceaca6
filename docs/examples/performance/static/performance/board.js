export async function inflate(data) {
  if (typeof data === "string") return data;
  const stream = data.stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).text();
}

export async function deflate(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Response(stream).blob();
}

export function listen(socket, show) {
  let last = Promise.resolve();
  socket.onmessage = ({ data }) => {
    last = last.then(() => inflate(data)).then(show);
  };
}
