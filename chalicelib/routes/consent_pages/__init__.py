"""The pages on which people ask for, confirm and take back consents; HTML without a script."""
