"""An emulated Salesforce org over HTTP. What it does not support answers the platform's own error."""
