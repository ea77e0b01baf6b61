// Loads a part of the program. What fails is asked for again, once a second, until it is there. What the
// server does not have any more is of an older program than it has now: the page begins anew.
const part = (path) => () => {
    const ask = () => fetch(new URL(path, import.meta.url));
    let answer = ask();
    answer.catch(() => {});
    return async (imports) => {
        for (;;) {
            try {
                return await WebAssembly.instantiateStreaming(answer, imports);
            } catch {}
            await new Promise((done) => setTimeout(done, 1000));
            if ((await answer.catch(() => 0)).status === 404) location.reload();
            answer = ask();
        }
    };
};
