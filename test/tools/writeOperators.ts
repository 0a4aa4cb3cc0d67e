// Writes docs/operators.md: npm run docs:operators

import { writeFileSync } from 'node:fs';
import { operatorsFile, operatorsText } from './operators.ts';

writeFileSync(operatorsFile, operatorsText());
console.log(`wrote ${operatorsFile}`);
