// Writes the table of docs/scenarios.md: npm run docs:scenarios

import { writeFileSync } from 'node:fs';
import { scenariosFile, scenariosText } from './scenarios.ts';

writeFileSync(scenariosFile, scenariosText());
console.log(`wrote ${scenariosFile}`);
