/** A pause that can be cut short. A wake that comes while nobody sleeps is not lost: the next sleep returns at once. */
export class Sleeper {
  #wakePending = false;
  #wakeNow: (() => void) | null = null;

  wake(): void {
    if (this.#wakeNow === null) this.#wakePending = true;
    else this.#wakeNow();
  }

  sleep(ms: number): Promise<void> {
    if (this.#wakePending || ms <= 0) {
      this.#wakePending = false;
      // Even a pause of nothing lets the other loop and the sockets have their turn.
      return new Promise((resolve) => setImmediate(resolve));
    }
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#wakeNow = null;
        resolve();
      };
      const timer = setTimeout(finish, ms);
      this.#wakeNow = finish;
    });
  }
}
