import { z } from 'zod';
import { Problem, type FieldError } from '../../kernel/problem';
import { openIssuerBody, yearBody, type OpenIssuerRequest, type YearRequest } from '../issuers';
import { createBody, documentBody, type DocumentRequest, type OfferingRequest } from '../offerings';
import { filingProblem } from './errors';

/*
 * What a filing says goes through the very schemas of the API's routes, so that nothing comes in
 * by this door that would be refused at the other.
 */

/** @throws Problem `filings.not-accepted` with the fields the API would refuse. */
export function readIssuer(request: OpenIssuerRequest): z.output<typeof openIssuerBody> {
  const draft = judged(openIssuerBody, request);
  if (draft instanceof Problem) throw draft;
  return draft;
}

/** The draft of an offering, or why the API would refuse it. */
export function readOffering(request: OfferingRequest): z.output<typeof createBody> | Problem {
  return judged(createBody, request);
}

/** The year, or why the API would refuse it. */
export function readYear(request: YearRequest): z.output<typeof yearBody> | Problem {
  return judged(yearBody, request);
}

/** The document, or why the API would refuse it. */
export function readDocument(request: DocumentRequest): z.output<typeof documentBody> | Problem {
  return judged(documentBody, request);
}

function judged<S extends z.ZodType>(schema: S, request: z.input<S>): z.output<S> | Problem {
  const result = schema.safeParse(request);
  return result.success ? result.data : notAccepted(result.error);
}

function notAccepted({ issues }: z.ZodError): Problem {
  const errors: readonly FieldError[] = issues.map(({ path, message }) => ({
    pointer: `#/${path.map(String).join('/')}`,
    detail: message,
  }));
  const detail = errors.map((error) => `${error.pointer.slice(2)}: ${error.detail}`).join(' ');
  return filingProblem('not-accepted', { detail, errors });
}
