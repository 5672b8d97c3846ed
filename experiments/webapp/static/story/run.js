// One run of the model on the server, told for a chapter as its pairs arrive.

import { ask, follow, read } from "/static/explore/api.js";

const WAITING = {
  waiting: () => "Waiting for a free processor …",
  running: ({ runs, total, compiling }) => {
    if (compiling) return "The model is compiled for this machine: up to a minute, once.";
    return total ? `${runs} of ${total} runs finished` : "Preparing …";
  },
};

// Calls told(value, job) for each new result, at(sentence, share) for progress, and at the end
// either done() or failed(error). Returns how to stop listening.
export function run(number, question, guess, { told, at, done, failed }) {
  let stopped = false;
  let unfollow = () => {};
  const stop = () => {
    stopped = true;
    unfollow();
  };
  const fail = (error) => {
    if (stopped) return;
    stop();
    failed(error);
  };
  const begin = async () => {
    at("Asking …", 0);
    const job = await ask("/api/compare", question);
    if (stopped) return;
    const said = guess == null ? "" : `?${new URLSearchParams({ guess })}`;
    let last = Promise.resolve();
    unfollow = follow(job.id, {
      result: () => {
        last = last.then(() => read(`/api/story/${number}/told/${job.id}${said}`)).then((value) => stopped || told(value, job.id));
        last.catch(fail);
      },
      state: (now) => last.then(() => stopped || tell(now), () => {}),
      lost: (closed) => {
        if (closed) fail(new Error("The server has ended the connection."));
        else at("The connection is lost; trying again …", 0);
      },
      found: () => {}, // the state that follows says how far it is
    });
  };
  const tell = (now) => {
    if (now.state === "done") {
      stop();
      done(now);
    } else if (now.state === "failed") fail(new Error(`The run failed: ${now.error}`));
    else if (now.state === "stopped") fail(new Error("The run was stopped before its end."));
    else at(WAITING[now.state](now), now.total ? now.runs / now.total : 0);
  };
  begin().catch(fail);
  return stop;
}

// The first pair of a question, week by week; the run is found again if it is there already.
export async function replay(question) {
  const job = await ask("/api/compare", question);
  await new Promise((resolve, reject) => {
    const stop = follow(job.id, {
      result: () => {
        stop();
        resolve();
      },
      state: (now) => {
        if (["failed", "stopped"].includes(now.state)) reject(new Error(`The run ${now.state === "failed" ? "failed" : "was stopped"}.`));
      },
      lost: (closed) => closed && reject(new Error("The server has ended the connection.")),
      found: () => {},
    });
  });
  return read(`/api/jobs/${job.id}/trace`);
}
