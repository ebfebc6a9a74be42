import { App } from 'aws-cdk-lib';
import { NotesStack } from '../lib/notes-stack';

const app = new App();
new NotesStack(app, 'NotesStack', { env: { region: 'eu-west-1' } });
