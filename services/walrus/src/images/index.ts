export { createImageService, type ImageServiceOptions, type RunningImageService } from './create-image-service.js';
export { IMAGE_HASH_HEADER } from './get-decrypted-image.js';
