import { calendarDate } from '../../../src/kernel/calendar-date';
import { rate } from '../../../src/kernel/rate';
import { ownershipStatements } from '../../../src/modules/issuers/bods';
import type { Issuer } from '../../../src/modules/issuers';
import type { Person } from '../../../src/modules/issuers';
import { JsonSchema } from '../../support/json-schema';
import { describeWith, referenceFiles, referenceText } from '../../support/schemas';

const ISSUER: Issuer = {
  id: 'iss_01TEST',
  operatorId: 1,
  partyId: 'pty_01TEST',
  externalId: '0001234567',
  kind: 'legal',
  legalName: 'Bright Mills Ltd',
  legalForm: 'company',
  legalFormName: 'Corporation',
  jurisdiction: 'US-DE',
  country: 'US',
  incorporatedOn: calendarDate('2020-02-29'),
  address: {
    street: '1 Mill Lane',
    city: 'Dover',
    region: 'DE',
    postalCode: '19901',
    country: 'US',
  },
  identityKind: 'us-cik',
  identityMasked: '******4567',
  status: 'active',
  verification: 'verified',
  peopleVersion: 1,
  screenedVersion: 1,
  createdAt: new Date('2025-01-01T00:00:00Z'),
};

const OWNER: Person = {
  name: 'Grace Founder',
  roles: ['officer', 'beneficial-owner'],
  bornOn: calendarDate('1980-05-06'),
  country: 'GB',
  shareRate: rate('0.605'),
};

const of = (people: readonly Person[], issuer = ISSUER) =>
  ownershipStatements({
    issuer,
    people,
    publisher: 'Hudson Street Portal, LLC',
    on: calendarDate('2025-03-01'),
  });

const details = (statements: ReturnType<typeof of>, type: string) =>
  statements
    .filter(({ recordType }) => recordType === type)
    .map(({ recordDetails }) => recordDetails);

describe('beneficial owners', () => {
  it('are a person each, with what they have in the issuer', () => {
    const statements = of([OWNER]);
    expect(statements.map(({ recordType }) => recordType)).toEqual([
      'entity',
      'person',
      'relationship',
    ]);
    expect(details(statements, 'entity')).toMatchObject([
      { jurisdiction: { name: 'United States, DE', code: 'US-DE' }, foundingDate: '2020-02-29' },
    ]);
    expect(details(statements, 'relationship')).toMatchObject([
      {
        subject: 'iss_01TEST',
        interests: [
          { type: 'shareholding', share: { exact: 60.5 }, beneficialOwnershipOrControl: true },
          { type: 'seniorManagingOfficial', beneficialOwnershipOrControl: false },
        ],
      },
    ]);
  });

  it('are said to be unknown where none is on file', () => {
    const [, , , unknown] = of([{ name: 'Ada Clerk', roles: ['director'] }]);
    expect(unknown).toMatchObject({
      recordType: 'relationship',
      recordDetails: { interestedParty: { reason: 'informationUnknownToPublisher' } },
    });
  });

  it('are asked for of organisations alone', () => {
    expect(() => of([], { ...ISSUER, kind: 'natural', legalForm: 'person' })).toThrow();
  });
});

describeWith('bods')('BODS 0.4 (skipped where its schema is not beside this project)', () => {
  const files = [
    'statement',
    'components',
    'entity-record',
    'person-record',
    'relationship-record',
  ];
  const schema = () =>
    new JsonSchema(
      files.map(
        (name) => JSON.parse(referenceText(`bods/${name}.json`)) as Record<string, unknown>,
      ),
    );

  it.each([
    { what: 'an owner', people: [OWNER] },
    {
      what: 'an owner without a share, and a promoter',
      people: [
        { name: 'Lin Wei 林伟', roles: ['beneficial-owner'] as const },
        { name: 'Ada Clerk', roles: ['promoter'] as const, title: 'Founder' },
      ],
    },
    { what: 'nobody', people: [] },
  ])('takes what is written of $what', ({ people }) => {
    expect(schema().faults('urn:statement', of(people))).toEqual([]);
  });

  it('as we read it, takes and refuses what its own tests say', () => {
    const held = schema();
    const judge = (folder: string) => {
      const names = referenceFiles(`bods/tests/${folder}`, '.json');
      const valid = names.filter((name) => {
        const value: unknown = JSON.parse(referenceText(`bods/tests/${folder}/${name}`));
        return held.faults('urn:statement', value).length === 0;
      });
      return { count: names.length, valid: valid.length };
    };
    expect([judge('valid-statements'), judge('invalid-statements')]).toEqual([
      { count: 111, valid: 111 },
      { count: 192, valid: 0 },
    ]);
  });
});
