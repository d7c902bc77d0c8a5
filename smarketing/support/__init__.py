"""What Sales Support works on, as the command line shows it."""
