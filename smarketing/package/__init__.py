"""Packages the Lambda functions: one CloudFormation template, one zip; the same sources give the same zip."""
