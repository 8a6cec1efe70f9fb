import type { Id } from '../../kernel/id';
import type { Problem } from '../../kernel/problem';
import type { Offering } from '../offerings';
import { filingProblem } from './errors';
import type { FiledStatement } from './filed-statement';
import { isLatest, type Filing } from './filing';

/** What a filing does to the offering it is about. */
export type FiledOfferingStep = 'create' | 'revise' | 'attach';

/**
 * What is to be done with an offering that is on file, or not. An update reports progress and
 * changes no terms; a Form C or an amendment sets the terms of a draft, unless a filing that was
 * signed later has set them.
 */
export function filedOfferingStep(
  statement: FiledStatement,
  found: Pick<Offering, 'status'> | undefined,
  onFile: readonly Filing[],
): FiledOfferingStep | Problem {
  if (found === undefined) return 'create';
  if (statement.submissionType === 'C-U') return 'attach';
  if (found.status !== 'draft') {
    return filingProblem('offering-under-way', {
      detail: `The offering is ${found.status}; its terms change by a material change.`,
    });
  }
  const setters = onFile.filter(({ formType }) => formType === 'C' || formType === 'C/A');
  if (isLatest(statement, setters)) return 'revise';
  return filingProblem('newer-on-file', {
    detail: 'Its terms are those of a filing that was signed later.',
  });
}

/**
 * The offering that the filings on file tie to this one: by the Commission's number of it, or by
 * its issuer and deadline.
 */
export function knownOffering(
  { fileNumber, offering }: Pick<FiledStatement, 'fileNumber' | 'offering'>,
  ofIssuer: readonly Filing[],
): Id<'off'> | undefined {
  const attached = ofIssuer.filter(({ offeringId }) => offeringId !== undefined);
  const numbered = attached.find(
    (filing) => fileNumber !== undefined && filing.fileNumber === fileNumber,
  );
  const dated = attached.find(
    (filing) =>
      offering !== undefined &&
      filing.deadlineOn === offering.deadline &&
      (fileNumber === undefined || (filing.fileNumber ?? fileNumber) === fileNumber),
  );
  return (numbered ?? dated)?.offeringId;
}

/**
 * The offering an amendment or an update means when neither a number nor the deadline tells: the
 * issuer's only one whose number is not known to be another.
 *
 * @returns undefined where there is none.
 */
export function impliedOffering(
  { submissionType, fileNumber }: Pick<FiledStatement, 'submissionType' | 'fileNumber'>,
  ofIssuer: readonly Filing[],
): Id<'off'> | undefined | Problem {
  if (submissionType === 'C') return undefined;
  const offerings = new Set(ofIssuer.flatMap(({ offeringId }) => offeringId ?? []));
  const candidates = [...offerings].filter((id) => {
    const numbers = ofIssuer.flatMap((filing) =>
      filing.offeringId === id ? (filing.fileNumber ?? []) : [],
    );
    return numbers.length === 0 || fileNumber === undefined || numbers.includes(fileNumber);
  });
  if (candidates.length <= 1) return candidates[0];
  return filingProblem('offering-ambiguous', {
    detail: `The issuer has ${candidates.length} offerings on file, and nothing says which is meant.`,
  });
}
