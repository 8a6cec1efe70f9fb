import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import { must } from '../../kernel/assert';
import { Money } from '../../kernel/money';
import { Problem, type FieldError } from '../../kernel/problem';
import { rate, rateText, type Rate } from '../../kernel/rate';
import { parseXml, writeXml, xmlElement, type XmlElement } from '../../platform/xml';
import { filingProblem } from './errors';
import {
  COMMON_NAMESPACE,
  FORM_C,
  FORM_C_NAMESPACE,
  FORM_C_TYPES,
  REQUIRED,
  type FormCContent,
  type FormCType,
  type GroupSpec,
  type LeafKind,
  type LeafSpec,
  type LeafValues,
} from './form-c-elements';

/**
 * A filing of the Form C family as filed: an element that was absent has no key, one that was empty
 * is `''`, and the keys stand in the order of the elements.
 */
export interface FormC extends FormCContent {
  readonly submissionType: FormCType;
  /** Elements nobody here knows: they were not read and will not be written. */
  readonly unread: readonly UnreadElement[];
}

export interface UnreadElement {
  readonly pointer: string;
  readonly text: string;
}

/**
 * Reads an EDGAR Form C: C, C/A, C-U, C-AR, C-AR/A or C-TR.
 *
 * @throws Problem `filings.too-large`, `filings.dtd-refused`, `filings.not-xml`,
 *   `filings.not-form-c`, `filings.unsupported-type`; `filings.field-malformed` and
 *   `filings.field-missing` with the pointers of all such fields.
 */
export function parseFormC(xml: string): FormC {
  const root = parseXml(xml, (why, detail) => filingProblem(why, { detail }));
  if (root.name !== 'edgarSubmission' || root.namespace !== FORM_C_NAMESPACE) {
    throw filingProblem('not-form-c', {
      detail: `The root is ${root.name} in ${JSON.stringify(root.namespace.slice(0, 100))}.`,
    });
  }
  const submissionType = submissionTypeOf(root);
  const notes: ReadingNotes = { malformed: [], unread: [] };
  const content = readGroup({ element: root, spec: FORM_C, pointer: '' }, notes) as FormCContent;
  if (notes.malformed.length > 0) {
    throw filingProblem('field-malformed', {
      detail: summary(notes.malformed),
      errors: notes.malformed,
    });
  }
  const missing = missingFields(content, submissionType);
  if (missing.length > 0) {
    throw filingProblem('field-missing', { detail: summary(missing), errors: missing });
  }
  return { ...content, submissionType, unread: notes.unread };
}

/**
 * Writes a filing in the order of its keys, two spaces a level, amounts with two decimals and
 * prices with five. What `parseFormC` read comes back with the same elements, order and text.
 */
export function writeFormC(formC: FormC): string {
  return writeXml(formCTree(formC), { [FORM_C_NAMESPACE]: '', [COMMON_NAMESPACE]: 'com' });
}

/** A filing as the elements it is written in. */
export function formCTree({ headerData, formData }: Pick<FormC, 'headerData' | 'formData'>) {
  return formElement('edgarSubmission', treesOf({ headerData, formData }, FORM_C));
}

interface ReadingNotes {
  readonly malformed: FieldError[];
  readonly unread: UnreadElement[];
}

/** An element with what the table says of it and where it stands. */
interface Place<Spec extends LeafSpec | GroupSpec = LeafSpec | GroupSpec> {
  readonly element: XmlElement;
  readonly spec: Spec;
  readonly pointer: string;
}

type Model = Record<string, unknown>;

function submissionTypeOf(root: XmlElement): FormCType {
  const header = root.children.find((child) => child.name === 'headerData');
  const type = header?.children.find((child) => child.name === 'submissionType')?.text.trim();
  if (type === undefined) {
    throw filingProblem('not-form-c', { detail: 'It has no headerData/submissionType.' });
  }
  const known = FORM_C_TYPES.find((candidate) => candidate === type);
  if (known) return known;
  throw filingProblem('unsupported-type', {
    detail: `${JSON.stringify(type.slice(0, 40))} is not among ${FORM_C_TYPES.join(', ')}.`,
  });
}

function readGroup({ element, spec, pointer }: Place<GroupSpec>, notes: ReadingNotes): Model {
  const model: Model = {};
  if (element.text.trim() !== '') {
    notes.malformed.push({ pointer, detail: 'holds text beside its elements' });
  }
  let previous = '';
  for (const child of element.children) {
    const place = placeOf(child, spec, pointer);
    if (place) addChild(model, place, { previous, notes });
    else notes.unread.push({ pointer: `${pointer}/${child.name}`, text: textWithin(child) });
    previous = child.name;
  }
  return model;
}

function placeOf(element: XmlElement, parent: GroupSpec, pointer: string): Place | undefined {
  const { name, namespace } = element;
  const spec = Object.hasOwn(parent.group, name) ? parent.group[name] : undefined;
  if (spec === undefined) return undefined;
  const expected = 'leaf' in spec && spec.isCommon ? COMMON_NAMESPACE : FORM_C_NAMESPACE;
  return namespace === expected ? { element, spec, pointer: `${pointer}/${name}` } : undefined;
}

function addChild(
  model: Model,
  place: Place,
  { previous, notes }: { readonly previous: string; readonly notes: ReadingNotes },
): void {
  const { element, spec, pointer } = place;
  const earlier = model[element.name];
  if (!spec.isRepeated) {
    if (earlier === undefined) model[element.name] = readOne(place, notes);
    else notes.malformed.push({ pointer, detail: 'stands there more than once' });
    return;
  }
  const siblings = Array.isArray(earlier) ? (earlier as unknown[]) : [];
  if (siblings.length > 0 && previous !== element.name) {
    notes.malformed.push({ pointer, detail: 'is repeated with other elements in between' });
  }
  const value = readOne({ ...place, pointer: `${pointer}/${siblings.length}` }, notes);
  model[element.name] = [...siblings, value];
}

function readOne(place: Place, notes: ReadingNotes): unknown {
  const { element, spec, pointer } = place;
  if ('group' in spec) return readGroup({ element, spec, pointer }, notes);
  if (element.children.length > 0) {
    notes.malformed.push({ pointer, detail: 'holds elements where a value belongs' });
    return '';
  }
  if (spec.leaf === 'text') return element.text;
  const text = element.text.trim();
  if (text === '') return '';
  const value = READERS[spec.leaf](text);
  if (value !== undefined) return value;
  notes.malformed.push({
    pointer,
    detail: `${JSON.stringify(text.slice(0, 60))} is not ${EXPECTED[spec.leaf]}`,
  });
  return '';
}

const EXPECTED: Readonly<Record<LeafKind, string>> = {
  text: 'text',
  'submission-type': `one of ${FORM_C_TYPES.join(', ')}`,
  money: 'an amount of US dollars such as 50000.00',
  price: 'a price of at most five decimals such as 1.20000',
  count: 'a number that is not negative such as 41666',
  date: 'a date MM-DD-YYYY that exists',
  'yes-no': 'Y or N',
};

/** How the text of each kind of leaf is read; undefined when it is malformed. */
const READERS: {
  readonly [Kind in LeafKind]: (text: string) => LeafValues[Kind] | undefined;
} = {
  text: (text) => text,
  'submission-type': (text) => FORM_C_TYPES.find((candidate) => candidate === text),
  money: (text) => orUndefined(() => Money.parse(text, 'USD')),
  price: (text) => (/^\d{1,12}(\.\d{1,5})?$/.test(text) ? rate(text) : undefined),
  count: (text) => (/^\d{1,15}(\.\d{1,5})?$/.test(text) ? text : undefined),
  date: readDate,
  'yes-no': (text) => (text === 'Y' || text === 'N' ? text : undefined),
};

function readDate(text: string): CalendarDate | undefined {
  const [, month, day, year] = /^(\d{2})-(\d{2})-(\d{4})$/.exec(text) ?? [];
  return year === undefined
    ? undefined
    : orUndefined(() => calendarDate(`${year}-${month}-${day}`));
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

function missingFields(content: FormCContent, type: FormCType): FieldError[] {
  return REQUIRED[type]
    .filter((pointer) => isBlank(at(content, pointer)))
    .map((pointer) => ({ pointer, detail: `is required on a ${type}` }));
}

function at(content: FormCContent, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((within, name) => (within as Model | undefined)?.[name], content);
}

function isBlank(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && value.trim() === '');
}

function summary(errors: readonly FieldError[]): string {
  const first = must(errors[0], 'an error');
  const others = errors.length - 1;
  return `${first.pointer} ${first.detail}${others > 0 ? `, and ${others} more` : ''}.`;
}

function textWithin(element: XmlElement): string {
  return [element.text.trim(), ...element.children.map(textWithin)].filter(Boolean).join(' ');
}

function treesOf(model: Model, spec: GroupSpec): readonly XmlElement[] {
  return Object.entries(model).flatMap(([name, value]) => {
    const child = must(spec.group[name], `the element ${name}`);
    if (value === undefined) return [];
    const values: readonly unknown[] = child.isRepeated ? (value as unknown[]) : [value];
    return values.map((one) => treeOf({ name, spec: child, value: one }));
  });
}

function treeOf(of: { name: string; spec: LeafSpec | GroupSpec; value: unknown }): XmlElement {
  const { name, spec, value } = of;
  if ('group' in spec) return formElement(name, treesOf(value as Model, spec));
  const text = value === '' ? '' : leafText(spec.leaf, value);
  return xmlElement(name, text, spec.isCommon ? COMMON_NAMESPACE : FORM_C_NAMESPACE);
}

function formElement(name: string, children: readonly XmlElement[]): XmlElement {
  return xmlElement(name, children, FORM_C_NAMESPACE);
}

function leafText(kind: LeafKind, value: unknown): string {
  switch (kind) {
    case 'money':
      return (value as Money).toDecimalString();
    case 'price':
      return rateText(value as Rate, 5);
    case 'date':
      return String(value).replace(/^(\d{4})-(\d{2})-(\d{2})$/, '$2-$3-$1');
    default:
      return String(value);
  }
}
