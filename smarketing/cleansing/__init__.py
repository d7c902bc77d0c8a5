"""Cleansing of an org's Leads, Contacts and Accounts: a plan to review, its application, and the way back."""
