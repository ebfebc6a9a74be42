export * from './e';
export * from './gone';
