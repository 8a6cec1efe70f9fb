import type { Problem } from '../../kernel/problem';
import type { OpenIssuerRequest } from '../issuers';
import { filingProblem } from './errors';
import type { FiledAddress, FiledSignature, FiledStatement } from './filed-statement';
import { oneLine, signerName, webAddress } from './filed-text';
import { placeOf, type Place } from './edgar-place';
import { refused, type Refused } from './filing';

export interface IssuerReading {
  /** As a request to the API would have it. */
  readonly request: OpenIssuerRequest;
  readonly refused: readonly Refused[];
}

/**
 * The issuer of a filing as a request to open its file. Whoever signed acts for it: a Form C is
 * signed by the principal officers and a majority of the board (Form C, 17 CFR 239.900,
 * instructions to the signatures).
 *
 * @throws Problem `filings.place-unknown`, where it is organised; `filings.nobody-signed`.
 */
export function issuerRequest(statement: FiledStatement): IssuerReading {
  const { issuer, signatures } = statement;
  const jurisdiction = requirePlace(issuer.jurisdiction);
  const address = addressOf(issuer.address);
  const website = issuer.website === undefined ? undefined : webAddress(issuer.website);
  const cik = issuer.cik ?? '';
  const people = peopleOf(signatures);
  if (people.length === 0) throw filingProblem('nobody-signed');
  return {
    request: {
      kind: issuer.legalForm === 'Person' ? 'natural' : 'legal',
      name: oneLine(issuer.name, 200),
      identity: { kind: 'us-cik', number: cik },
      externalId: cik,
      legalForm: legalFormOf(issuer.legalForm),
      legalFormName: issuer.legalForm && oneLine(issuer.legalForm, 200),
      jurisdiction: jurisdiction.jurisdiction,
      country: address?.country ?? jurisdiction.country,
      incorporatedOn: issuer.incorporatedOn,
      address,
      website,
      people,
    },
    refused:
      issuer.website !== undefined && website === undefined
        ? [refused('issuer', unreadable(issuer.website))]
        : [],
  };
}

function unreadable(website: string): Problem {
  const detail = `${JSON.stringify(oneLine(website, 60))} is no web address.`;
  return filingProblem('website-unreadable', { detail });
}

const LEGAL_FORMS: Readonly<Record<string, OpenIssuerRequest['legalForm']>> = {
  Corporation: 'company',
  'Limited Liability Company': 'limited-liability-company',
  'Limited Partnership': 'limited-partnership',
  Person: 'person',
};

function legalFormOf(filed: string | undefined): OpenIssuerRequest['legalForm'] {
  return LEGAL_FORMS[filed ?? ''] ?? 'other';
}

function requirePlace(code: string | undefined): Place {
  const place = placeOf(code ?? '');
  if (place) return place;
  throw filingProblem('place-unknown', {
    detail: `The jurisdiction ${JSON.stringify(oneLine(code ?? '', 40))} is no code of EDGAR's.`,
    errors: [
      {
        pointer: '/formData/issuerInformation/issuerInfo/legalStatus/jurisdictionOrganization',
        detail: 'It is not among the codes of states and countries.',
      },
    ],
  });
}

function addressOf(filed: FiledAddress): OpenIssuerRequest['address'] {
  const place = placeOf(filed.stateOrCountry ?? '');
  const street = oneLine([filed.street1, filed.street2].filter(Boolean).join(', '), 300);
  const city = oneLine(filed.city ?? '', 100);
  if (place === undefined || street === '' || city === '') return undefined;
  return {
    street,
    city,
    region: place.region,
    postalCode: filed.postalCode && oneLine(filed.postalCode, 20),
    country: place.country,
  };
}

const ON_THE_BOARD = /\b(board|director|chairman|chairwoman|chairperson|chair)\b/i;
const OFFICE =
  /\b(chief|officer|c[efot]o|president|manag\w+|member|partner|treasurer|secretary|controller|principal)\b/i;

function peopleOf(signatures: readonly FiledSignature[]): OpenIssuerRequest['people'] {
  const people = new Map<string, OpenIssuerRequest['people'][number]>();
  for (const { name, title = '' } of signatures) {
    const person = signerName(name);
    if (person === '' || people.has(person)) continue;
    people.set(person, {
      name: person,
      roles: rolesOf(title),
      title: title === '' ? undefined : oneLine(title, 100),
    });
  }
  return [...people.values()].slice(0, 100);
}

/** A title may name both: `CEO and Chairman of the Board`. One that says nothing is an officer's. */
function rolesOf(title: string): OpenIssuerRequest['people'][number]['roles'] {
  const office = title.replace(/\bboard member\b|\bmember of the board\b/gi, 'board');
  const isDirector = ON_THE_BOARD.test(office);
  const isOfficer = OFFICE.test(office);
  if (isDirector) return isOfficer ? ['director', 'officer'] : ['director'];
  return ['officer'];
}
