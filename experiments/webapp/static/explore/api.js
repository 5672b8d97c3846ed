// Requests to the server. A refusal becomes an error that can be shown as it is.

export class Refused extends Error {
  constructor(problem, status) {
    const hint = problem.nearest ? ` Did you mean ${problem.nearest}?` : "";
    const field = problem.field ? `${problem.field}: ` : "";
    super(`${field}given ${problem.given}, allowed ${problem.allowed}.${hint}`);
    Object.assign(this, { field: problem.field, problem, status });
  }
}

// The response of a request that was not refused.
export async function answer(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw Object.assign(new Error("The server does not answer. Is raison serve still running?"), { offline: true });
  }
  if (response.ok) return response;
  const said = await response.json().catch(() => null);
  throw said?.error ? new Refused(said.error, response.status) : new Error(`The server said ${response.status}.`);
}

const sending = (body) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

export const read = async (path) => (await answer(fetch(path))).json();
export const ask = async (path, body) => (await answer(fetch(path, sending(body)))).json();
export const text = async (path, body) => (await answer(fetch(path, sending(body)))).text();

// Follow a job until it is over; returns how to stop following.
export function follow(id, { result, state, lost, found = () => {} }) {
  const source = new EventSource(`/api/jobs/${id}/events`);
  source.addEventListener("result", (event) => result(JSON.parse(event.data)));
  source.addEventListener("state", (event) => {
    const now = JSON.parse(event.data);
    if (["done", "failed", "stopped"].includes(now.state)) source.close();
    state(now);
  });
  source.addEventListener("open", () => found());
  source.addEventListener("error", () => {
    lost(source.readyState === EventSource.CLOSED);
  });
  return () => source.close();
}

// Offer a file: text, or anything that a Blob is made of.
export function save(name, content, type = "application/yaml") {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
