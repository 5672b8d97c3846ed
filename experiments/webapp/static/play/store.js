// What this browser keeps for a page. Where it lets a page keep nothing, nothing is found, and
// nothing breaks.

const guarded = (storage) => ({
  read(key) {
    try {
      return JSON.parse(storage().getItem(key));
    } catch {
      return null; // or something else was kept there
    }
  },

  /** Whether it is kept now. */
  write(key, value) {
    try {
      storage().setItem(key, JSON.stringify(value));
      return true;
    } catch {
      return false; // full, or not allowed
    }
  },

  remove(key) {
    try {
      storage().removeItem(key);
    } catch {
      // then there is nothing to remove
    }
  },

  keys() {
    try {
      return Object.keys(storage());
    } catch {
      return [];
    }
  },
});

/** Kept until somebody takes it away. */
export const lasting = guarded(() => localStorage);

/** Kept as long as the page is open, over a reload. */
export const passing = guarded(() => sessionStorage);
