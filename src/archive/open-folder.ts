import { storeOf } from '../model/archive-keys.ts';
import { Failure } from '../errors.ts';
import type { OpenFolder } from './contract.ts';

export const openFolder: OpenFolder = async options => {
  const { destinationPath } = options.location.configuration;
  switch (storeOf(destinationPath)) {
    case 's3':
      return (await import('./s3.ts')).openS3(options);
    case 'azure':
      return (await import('./azure.ts')).openAzure(options);
    case 'google':
      return (await import('./google.ts')).openGoogle(options);
    default:
      throw new Failure('bad-path', {
        what: `"${destinationPath}" is no destination path`,
        why: 'It must be s3://bucket/path, gs://bucket/path, or https://account.blob.core.windows.net/container/path.',
        remedy: 'Correct destinationPath in the ObjectStore.',
      });
  }
};
