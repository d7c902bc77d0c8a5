"""What the org does by itself when records are saved: formula fields, validation rules, flows.

Order: Apex Developer Guide, Triggers and Order of Execution. Before-save flows change the record, validation
rules look at it, after-save flows act once it is written, messages leave when the transaction is certain.
"""
