/** What went wrong, for programs (code), and where and what for people. See ganlet.d.ts. */
export class GanletError extends Error {
  constructor(code, place, detail) {
    super(place ? `${place}: ${detail}` : detail);
    this.name = 'GanletError';
    this.code = code;
    this.place = place;
    this.detail = detail;
  }

  /** The same error, seen from one level further out. */
  within(outer) {
    return new GanletError(this.code, this.place ? `${outer}: ${this.place}` : outer, this.detail);
  }
}
