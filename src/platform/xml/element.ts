/** An element with its namespace resolved, as it was read or is to be written. */
export interface XmlElement {
  /** URI of the namespace; empty when there is none. */
  readonly namespace: string;
  readonly name: string;
  /** Attributes by qualified name, without declarations of namespaces. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Child elements in document order. */
  readonly children: readonly XmlElement[];
  /** The text directly inside, white space included; of a parent only what is not white space. */
  readonly text: string;
}

/**
 * An element that is to be written, without attributes.
 *
 * @param content its text, or its children; those that are undefined are left out.
 */
export function xmlElement(
  name: string,
  content: string | readonly (XmlElement | undefined)[],
  namespace = '',
): XmlElement {
  const isText = typeof content === 'string';
  return {
    namespace,
    name,
    attributes: {},
    text: isText ? content : '',
    children: isText ? [] : content.filter((child) => child !== undefined),
  };
}
