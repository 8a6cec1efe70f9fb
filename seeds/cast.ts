import { calendarDate, type CalendarDate } from '../src/kernel/calendar-date';
import type { IdentityClaim } from '../src/modules/identity';
import {
  creditCode,
  employerNumber,
  legalEntityIdentifier,
  nationalId,
  passport,
  residentId,
  socialSecurityNumber,
} from './synthetic-numbers';

/** Somebody who plays in the sandbox. The same person may turn up at several operators. */
export interface CastPerson {
  readonly name: string;
  /** For e-mail addresses: `ada.lovelace`. */
  readonly handle: string;
  readonly country: string;
  readonly bornOn: CalendarDate;
  readonly identity: IdentityClaim;
}

/** A company that plays in the sandbox. */
export interface CastCompany {
  readonly name: string;
  readonly handle: string;
  readonly country: string;
  readonly city: string;
  readonly identity: IdentityClaim;
}

export type Land = 'US' | 'EU' | 'CN' | 'IN';

/** Everything that is made up: the same seed always gives the same names, numbers and amounts. */
export class Cast {
  private state: number;
  private people = 0;
  private companies = 0;
  private readonly handles = new Map<string, number>();

  constructor(seed = 20_201_503) {
    this.state = seed;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + (this.next() % (most - least + 1));
  }

  pick<T>(items: readonly T[]): T {
    return items[this.next() % items.length] as T;
  }

  /** The items in another order. */
  shuffled<T>(items: readonly T[]): readonly T[] {
    return items
      .map((item) => ({ item, place: this.next() }))
      .toSorted((a, b) => a.place - b.place)
      .map(({ item }) => item);
  }

  person(land: Land): CastPerson {
    const serial = (this.people += 1);
    const { given, family, countries } = NAMES[land];
    const first = given[(serial * 7) % given.length] as readonly [string, string];
    const last = family[(serial * 11 + this.between(0, 3)) % family.length] as readonly [
      string,
      string,
    ];
    const bornOn = calendarDate(
      `${this.between(1956, 2002)}-${two(this.between(1, 12))}-${two(this.between(1, 28))}`,
    );
    const country = this.pick(countries);
    return {
      name: land === 'CN' ? `${last[0]}${first[0]}` : `${first[0]} ${last[0]}`,
      handle: this.unique(`${first[1]}.${last[1]}`),
      country,
      bornOn,
      identity: identityOf(land, { serial, bornOn, country }),
    };
  }

  company(land: Land, name: string): CastCompany {
    const serial = (this.companies += 1);
    const [country, city] = this.pick(SEATS[land]);
    const identity: IdentityClaim =
      land === 'US'
        ? { kind: 'us-ein', number: employerNumber(1000 + serial) }
        : land === 'CN'
          ? { kind: 'cn-uscc', number: creditCode(2000 + serial) }
          : { kind: 'lei', number: legalEntityIdentifier(serial) };
    const handle = name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '');
    return {
      name,
      handle: this.unique(handle === '' ? `issuer-${serial}` : handle),
      country,
      city,
      identity,
    };
  }

  /** Two people of one name have two addresses. */
  private unique(handle: string): string {
    const times = (this.handles.get(handle) ?? 0) + 1;
    this.handles.set(handle, times);
    return times === 1 ? handle : `${handle}.${times}`;
  }

  /** Mulberry32: thirty-two bits, good enough for names. */
  private next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}

function identityOf(
  land: Land,
  { serial, bornOn, country }: { serial: number; bornOn: CalendarDate; country: string },
): IdentityClaim {
  if (land === 'US') return { kind: 'us-ssn', number: pleasant(serial, socialSecurityNumber) };
  if (land === 'CN') {
    return { kind: 'cn-resident-id', number: pleasant(serial, (n) => residentId(bornOn, n)) };
  }
  if (land === 'IN') return { kind: 'passport', number: pleasant(serial, passport), country };
  return { kind: 'eu-national-id', number: pleasant(serial, nationalId), country };
}

/** The offline provider takes numbers ending in 96 to 98 amiss: those are passed over. */
function pleasant(serial: number, numberOf: (serial: number) => string): string {
  const number = numberOf(serial);
  return /9[678]$/.test(number) ? numberOf(serial + 505) : number;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

type Spelt = readonly [shown: string, ascii: string];

const NAMES: Readonly<
  Record<
    Land,
    {
      readonly given: readonly Spelt[];
      readonly family: readonly Spelt[];
      readonly countries: readonly string[];
    }
  >
> = {
  US: {
    given: spelt(
      'Amelia Marcus Priya Daniel Grace Omar Hannah Luis Naomi Ethan Ruth Calvin Joan Terrence ' +
        'Mei Walter Alicia Theo Rosa Howard',
    ),
    family: spelt(
      'Whitfield Okafor Raman Castillo Brennan Haddad Lindqvist Tran Abernathy Kowalski Ngata ' +
        'Delgado Harper Sato Fitzgerald Moreno Adler Baptiste Yoon Callahan Reyes',
    ),
    countries: ['US'],
  },
  EU: {
    given: spelt(
      'Ingrid Mathieu Lucía Jonas Aino Piet Chiara Tomasz Sofia Henrik Marie Andrei Katja ' +
        'Rui Elena Lars Nora Bence Annika Paolo',
    ),
    family: spelt(
      'Hofmann Lefèvre Navarro Virtanen Bianchi Nowak Silva Lindgren Müller Ionescu Kovač ' +
        'Janssen Dubois Ferreira Schneider Rossi Vermeulen Horváth Larsen Wagner Costa',
    ),
    countries: ['DE', 'FR', 'ES', 'FI', 'IT', 'NL', 'PT', 'SE', 'BE', 'AT'],
  },
  CN: {
    given: [
      ['晓明', 'xiaoming'],
      ['雅婷', 'yating'],
      ['建国', 'jianguo'],
      ['思远', 'siyuan'],
      ['佳怡', 'jiayi'],
      ['浩然', 'haoran'],
      ['丽华', 'lihua'],
      ['子轩', 'zixuan'],
    ],
    family: [
      ['王', 'wang'],
      ['李', 'li'],
      ['张', 'zhang'],
      ['陈', 'chen'],
      ['赵', 'zhao'],
      ['周', 'zhou'],
      ['杨', 'yang'],
      ['黄', 'huang'],
      ['徐', 'xu'],
      ['孙', 'sun'],
    ],
    countries: ['CN'],
  },
  IN: {
    given: spelt(
      'Asha Rohan Meera Vikram Sunita Arjun Kavya Imran Leela Nikhil Farah Deepak Anjali Suresh ' +
        'Radha Manoj Tara Gopal Nisha Harish',
    ),
    family: spelt(
      'Sinha Chatterjee Nair Kumari Yadav Banerjee Iyer Khan Mishra Pillai Das Gupta Reddy ' +
        'Thakur Menon Jha Bose Rao Verma Ansari Dutta',
    ),
    countries: ['IN'],
  },
};

const SEATS: Readonly<Record<Land, readonly (readonly [country: string, city: string])[]>> = {
  US: [
    ['US', 'Wilmington'],
    ['US', 'Austin'],
    ['US', 'Pittsburgh'],
    ['US', 'Portland'],
  ],
  EU: [
    ['DE', 'Leipzig'],
    ['FR', 'Lyon'],
    ['NL', 'Utrecht'],
    ['ES', 'Valencia'],
    ['SE', 'Malmö'],
  ],
  CN: [['CN', '兰州']],
  IN: [
    ['IN', 'Patna'],
    ['IN', 'Varanasi'],
  ],
};

/** Names with their spelling in e-mail addresses, where accents are dropped. */
function spelt(names: string): readonly Spelt[] {
  return names.split(' ').map((name) => [
    name,
    name
      .normalize('NFD')
      .replaceAll(/[^A-Za-z]/g, '')
      .toLowerCase(),
  ]);
}
