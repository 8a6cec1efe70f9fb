/**
 * What a scorecard is asked about: facts of one applicant by the names of the variables. A number,
 * a level of a category, or undefined where nothing is known.
 */
export type Applicant = Readonly<Record<string, string | number | undefined>>;

/** A text for people, in the languages of the product. */
export interface BilingualText {
  readonly en: string;
  readonly zh: string;
}
