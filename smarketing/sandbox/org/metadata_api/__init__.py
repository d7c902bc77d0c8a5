"""The emulated org's Metadata API: deploys, retrieves, and the components that it keeps."""
