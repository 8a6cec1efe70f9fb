export { xmlElement, type XmlElement } from './element';
export { parseXml, type ReadElement, type RefuseXml, type XmlRefusal } from './read';
export { writeXml, type Prefixes } from './write';
export { XmlSchema, type SchemaFault } from './xsd';
export { SchemaError } from './xsd-simple';
