"""The playbook's model, its checks and its compiler."""
