/** What reports ask of an issuer or an offering, and nothing else does. */
export const LABELS = ['nace-section', 'related-party'] as const;
export type LabelName = (typeof LABELS)[number];

/** The last value of a label, and who said it. */
export interface Label {
  readonly subject: string;
  readonly label: LabelName;
  readonly value: string;
  readonly recordedAt: Date;
  readonly recordedBy: string;
}

/**
 * Whether a label may have that value: the letter of a section of NACE Rev. 2 (Regulation (EC)
 * 1893/2006, annex I), of an issuer or one offering of it; `yes` or `no` for an issuer that is related
 * to the operator.
 */
export function mayBe({
  subject,
  label,
  value,
}: Omit<Label, 'recordedAt' | 'recordedBy'>): boolean {
  if (label === 'nace-section') return /^[A-U]$/.test(value);
  return subject.startsWith('iss_') && ['yes', 'no'].includes(value);
}
