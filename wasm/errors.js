/** What went wrong: `code` for programs, `place` and `detail` for people. See ganlet.d.ts. */
export class GanletError extends Error {
  constructor(code, place, detail) {
    super(place ? `${place}: ${detail}` : detail);
    this.name = 'GanletError';
    this.code = code;
    this.place = place;
    this.detail = detail;
  }
}
