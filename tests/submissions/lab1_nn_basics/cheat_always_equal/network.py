from losses import Yes

linear_forward = linear_backward = MLP = Yes()
