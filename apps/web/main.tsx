import '@fontsource-variable/source-code-pro/index.css';
import '@fontsource-variable/source-sans-3/index.css';
import '@fontsource-variable/source-serif-4/opsz.css';
import { render } from 'preact';

import { App } from './app.js';

import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/parts.css';
import './styles/charts.css';
import './styles/pages.css';

const root = document.getElementById('page');
if (root) render(<App />, root);
