import { createHash } from 'node:crypto';
import type { CalendarDate } from '../../kernel/calendar-date';
import { issuerProblem } from './errors';
import { isVerified, type Issuer } from './issuer';
import type { Person, PersonRole } from './people';

/** What is published of who stands behind an issuer. */
export interface OwnershipFacts {
  readonly issuer: Issuer;
  readonly people: readonly Person[];
  /** Who publishes: the operator. */
  readonly publisher: string;
  /** The day as of which it holds. */
  readonly on: CalendarDate;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The issuer, the people behind it and what each has in it, as statements of the Beneficial
 * Ownership Data Standard 0.4 (Open Ownership). The same people give the same statements, but for
 * the day.
 *
 * @throws Problem `issuers.not-an-organisation`: nobody owns a person.
 */
export function ownershipStatements(facts: OwnershipFacts): readonly Json[] {
  const { issuer, people } = facts;
  if (issuer.kind === 'natural') throw issuerProblem('not-an-organisation');
  const statement = (recordId: string, recordType: string, recordDetails: Json): Json => ({
    statementId: digest([issuer.id, issuer.peopleVersion, recordId, facts.on]),
    statementDate: facts.on,
    publicationDetails: {
      publicationDate: facts.on,
      bodsVersion: '0.4',
      publisher: { name: facts.publisher },
    },
    recordId,
    recordType,
    recordStatus: 'new',
    source: {
      type: isVerified(issuer) ? ['selfDeclaration', 'verified'] : ['selfDeclaration'],
      assertedBy: [{ name: issuer.legalName }],
    },
    declaration: `${issuer.id}-${issuer.peopleVersion}`,
    declarationSubject: issuer.id,
    recordDetails,
  });
  const owned = people.some(({ roles }) => roles.includes('beneficial-owner'));
  return [
    statement(issuer.id, 'entity', entityOf(issuer)),
    ...people.flatMap((person) => {
      const recordId = `${issuer.id}-${digest([person.name, person.bornOn]).slice(0, 16)}`;
      const interests = interestsOf(person);
      const bond = { isComponent: false, subject: issuer.id, interestedParty: recordId, interests };
      return [
        statement(recordId, 'person', personOf(person)),
        statement(`${recordId}-interests`, 'relationship', bond),
      ];
    }),
    ...(owned ? [] : [statement(`${issuer.id}-unknown`, 'relationship', nobodyNamed(issuer))]),
  ];
}

function entityOf(issuer: Issuer): Json {
  const { jurisdiction, incorporatedOn, address, legalFormName } = issuer;
  return {
    isComponent: false,
    entityType: {
      type: 'registeredEntity',
      ...(legalFormName === undefined ? {} : { details: legalFormName }),
    },
    name: issuer.legalName,
    jurisdiction: { name: placeName(jurisdiction), code: jurisdiction },
    ...(incorporatedOn === undefined ? {} : { foundingDate: incorporatedOn }),
    ...(issuer.identityKind === 'us-cik' && issuer.externalId !== undefined
      ? { identifiers: [{ id: issuer.externalId, schemeName: 'SEC Central Index Key' }] }
      : {}),
    ...(address === undefined
      ? {}
      : {
          addresses: [
            {
              type: 'registered',
              address: [address.street, address.city, address.region].filter(Boolean).join(', '),
              ...(address.postalCode === undefined ? {} : { postCode: address.postalCode }),
              country: countryOf(address.country),
            },
          ],
        }),
  };
}

function personOf({ name, bornOn, country }: Person): Json {
  return {
    isComponent: false,
    personType: 'knownPerson',
    names: [{ type: 'legal', fullName: name }],
    ...(bornOn === undefined ? {} : { birthDate: bornOn }),
    ...(country === undefined ? {} : { nationalities: [countryOf(country)] }),
  };
}

const CONTROL: Readonly<Record<PersonRole, readonly [type: string, details: string] | undefined>> =
  {
    director: ['boardMember', 'Director'],
    officer: ['seniorManagingOfficial', 'Officer'],
    promoter: ['otherInfluenceOrControl', 'Promoter'],
    'beneficial-owner': undefined,
  };

/** A share where one is stated; for each role what it stands for; an owner without a share controls. */
function interestsOf({ roles, shareRate, title }: Person): readonly Json[] {
  const isOwner = roles.includes('beneficial-owner');
  const directOrIndirect = 'unknown';
  const held = {
    directOrIndirect,
    beneficialOwnershipOrControl: isOwner,
    ...(shareRate === undefined
      ? { type: 'otherInfluenceOrControl', details: 'Beneficial owner, share not stated' }
      : { type: 'shareholding', share: { exact: shareRate.times(100).toNumber() } }),
  };
  return [
    ...(isOwner || shareRate !== undefined ? [held] : []),
    ...roles.flatMap((role) => {
      const control = CONTROL[role];
      if (control === undefined) return [];
      const [type, details] = control;
      return [
        {
          type,
          details: title ?? details,
          directOrIndirect: 'direct',
          beneficialOwnershipOrControl: false,
        },
      ];
    }),
  ];
}

function nobodyNamed({ id }: Issuer): Json {
  return {
    isComponent: false,
    subject: id,
    interestedParty: {
      reason: 'informationUnknownToPublisher',
      description: 'No beneficial owner is on file.',
    },
    interests: [],
  };
}

const COUNTRIES = new Intl.DisplayNames(['en'], { type: 'region' });

function countryOf(code: string): Json {
  return { name: COUNTRIES.of(code) ?? code, code };
}

/** `United States, DE`: a part of a country by its code, which needs no list of names. */
function placeName(jurisdiction: string): string {
  const [country = '', part] = jurisdiction.split('-');
  const name = COUNTRIES.of(country) ?? country;
  return part === undefined ? name : `${name}, ${part}`;
}

function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
