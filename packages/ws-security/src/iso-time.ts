/** Writes times as xs:dateTime in UTC with milliseconds. Keeps the text of the second: the calendar is the larger part of the work. */
export class IsoWriter {
  #second = Number.NaN;
  #text = '';

  /** `time` in milliseconds since 1970. */
  write(time: number): string {
    const second = Math.floor(time / 1000);
    if (second !== this.#second) {
      this.#text = new Date(second * 1000).toISOString().slice(0, 20);
      this.#second = second;
    }
    return `${this.#text}${Math.floor(time - second * 1000)
      .toString()
      .padStart(3, '0')}Z`;
  }
}
