/** What went wrong, for programs (code), and where and what for people. See ganlet.d.ts. */
export class GanletError extends Error {
  constructor(code, place, detail) {
    super(place ? `${place}: ${detail}` : detail);
    this.name = 'GanletError';
    this.code = code;
    this.place = place;
    this.detail = detail;
  }
}
