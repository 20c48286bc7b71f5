"use strict";

/** Keeps what arrives by callbacks, in order, for a scenario that awaits it. */
class Inbox {
  #arrived = [];
  #waiting = [];

  /** To be given away as the callback itself, hence bound. Several arguments become a list. */
  put = (...values) => {
    const value = values.length === 1 ? values[0] : values;
    const next = this.#waiting.shift();
    if (next) next(value);
    else this.#arrived.push(value);
  };

  /** The next one, or those of the next `count` calls. What never comes ends with the scenario. */
  async take(count) {
    if (count === undefined) return this.#takeOne();
    const values = [];
    while (values.length < count) values.push(await this.#takeOne());
    return values;
  }

  get isEmpty() {
    return this.#arrived.length === 0;
  }

  #takeOne() {
    if (this.#arrived.length > 0) return Promise.resolve(this.#arrived.shift());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** The numbers from 0 to below `count`. */
const upTo = (count) => Array.from({ length: count }, (_, number) => number);

/** Asks again and again until the answer is true, as long as the scenario may last. */
async function until(isTrue) {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 5));
}

module.exports = { Inbox, upTo, until };
