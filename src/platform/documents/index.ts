export { numberCell, textCell, writeXlsx, type Sheet, type SheetCell } from './xlsx';
export { readZip, writeZip, ZipError, type ZipEntry } from './zip';
