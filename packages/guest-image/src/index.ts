export { bootGuest, type BootGuestOptions, type RunningGuest } from './boot-guest.js';
export { buildGuestImage, type BuildGuestImageOptions, type GuestImage } from './build-guest-image.js';
